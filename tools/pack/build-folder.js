/**
 * @param {string} target
 * @param {string} folder Of the package that the binaries belong to.
 * @returns {string} Folder of the build, relative to the top.
 */
export const buildFolder = (target, folder) => `build/pack/${target}/${folder.split('/').at(-1)}`;
