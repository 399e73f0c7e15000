/** Keeps its CPU from sleeping until its parent is gone. */
const parent = process.ppid;
/** Turns between two looks at whether the parent is there. */
const turns = 1_000_000;

process.send?.('awake', () => {
  while (process.ppid === parent) for (let turn = 0; turn < turns; turn++);
});
