// @ts-check
// The README as the packed extension shows it. Pure.

/**
 * Without its pictures: VS Code shows none of a file on this machine there, and would ask the network for those of the repository.
 * @param {string} readme Markdown whose pictures stand in lines of their own, or in tables of nothing else
 * @returns {string}
 */
export function packedReadme(readme) {
  return readme.replace(/^\|.+\|\n\|[-|]+\|\n(?:\|.*!\[.*\|\n)+\n?/gm, '').replace(/^!\[.*\n\n?/gm, '');
}
