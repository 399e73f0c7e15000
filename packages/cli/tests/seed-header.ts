/** The columns of the Python benchmark's results. */
export const seedHeader =
  'size_mb,kind,transport,items_per_s,mb_per_s,mb_per_s_lo,mb_per_s_hi,speedup,peak_rss_mb,cpu_sec';
