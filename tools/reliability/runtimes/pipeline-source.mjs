export default function* ({ count }) {
  for (let n = 0; n < count; n++) yield { n, pixels: new Float32Array(1000).fill(n) };
}
