/** What stands in both views, loaded together by the first look into one of them. */
export { openClouds } from './cloudsNodes.ts';
export { openContextRows } from './clustersNodes.ts';
export { otherSide, otherWorld } from './relatedNodes.ts';
