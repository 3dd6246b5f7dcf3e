/** Stands for the name of a lab, which the lab itself does not know. */
const LAB = 'LAB';

/** What helps where an earlier fault is in the way, and only there. {@link forLab} gives it the lab's name. */
export const mendFirst = `netlab mend ${LAB}`;

/** A remedy as the user of this lab can copy it. */
export const forLab = (remedy: string, lab: string): string => (remedy === mendFirst ? `netlab mend ${lab}` : remedy);
