/** The version of this package, as in its package.json. The addon has the same version. */
export const version = '0.1.0';
