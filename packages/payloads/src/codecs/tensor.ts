/**
 * Tensors of other libraries, which come back as {@link Tensor}.
 *
 * A plain `{dtype, shape, data}` needs no codec: it is an object that holds a typed array, and arrives as the
 * same object.
 */
import type { Codec } from '../codec.js';
import { corrupt } from '../envelope/format.js';
import { Unsendable } from '../envelope/unsendable.js';
import { isTensor, type Tensor } from '../tensor.js';
import { type Loose, type TensorLibrary, tensorLibraryOf, viewOf } from './tensor-libraries.js';

export const tensorCodec: Codec<object> = {
  name: 'tensor',
  matches: (value) => tensorLibraryOf(value) !== undefined,
  encode(value) {
    const library = tensorLibraryOf(value) as TensorLibrary;
    const tensor = viewOf(library, value as Loose);
    if (!isTensor(tensor)) {
      throw new Unsendable(
        `a tensor of ${library.name} with dtype ${String(tensor.dtype)} and shape [${tensor.shape}], which does not fit its data`,
        'Send a plain {dtype, shape, data}',
      );
    }
    return { meta: tensor };
  },
  decode(meta): Tensor {
    if (!isTensor(meta)) throw corrupt('it holds a tensor whose shape does not fit its data');
    return meta;
  },
};
