/**
 * Texts that describe tensors and frames. An envelope names each by its index here instead of spelling
 * it out. The order is part of the format: add new ones at the end, up to 256.
 */
export const wellKnownTexts: readonly string[] = [
  ...['data', 'dtype', 'shape', 'strides', 'offset'],
  ...['bool', 'uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64'],
  ...['float16', 'bfloat16', 'float32', 'float64'],
  ...['width', 'height', 'channels', 'format', 'timestamp', 'duration', 'frame', 'image', 'index'],
  ...['label', 'name', 'type', 'id', 'key', 'value'],
];

export const placeOfText: ReadonlyMap<string, number> = new Map(
  wellKnownTexts.map((text, place) => [text, place]),
);

/**
 * Stands in place of a text's length. As a length it would mean an empty text in UTF-16, which the encoder
 * never writes.
 */
export const wellKnownMark = 1;
