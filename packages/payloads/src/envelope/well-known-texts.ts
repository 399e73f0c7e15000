/**
 * Texts that an envelope names by their place here instead of spelling them: those that describe
 * tensors and frames. The order is part of the format; new ones go to the end, up to 256.
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

/** Stands where the length of a text does: of an empty one in UTF-16, which nobody writes. */
export const wellKnownMark = 1;
