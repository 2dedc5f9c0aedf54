/**
 * Facial movements, each in [0, 1], named by what they do. The number in the comment is the unit of the Facial Action
 * Coding System (Ekman and Friesen) that each stands for.
 */
export const actionUnitNumbers = {
  innerBrowRaise: 1,
  outerBrowRaise: 2,
  browLower: 4,
  upperLidRaise: 5,
  cheekRaise: 6,
  lidTighten: 7,
  noseWrinkle: 9,
  upperLipRaise: 10,
  lipCornerPull: 12,
  dimple: 14,
  lipCornerDepress: 15,
  chinRaise: 17,
  lipStretch: 20,
  lipTighten: 23,
  lipPress: 24,
  lipsPart: 25,
  jawDrop: 26,
  lidDroop: 41,
  eyesClosed: 43,
} as const;

export type ActionUnitName = keyof typeof actionUnitNumbers;

/** Strength of every movement. */
export type ActionUnits = Record<ActionUnitName, number>;

export const actionUnitNames = Object.keys(actionUnitNumbers) as ActionUnitName[];

/** A face at rest, or at rest but for the movements given. */
export function actionUnits(active: Partial<ActionUnits> = {}): ActionUnits {
  const units = Object.fromEntries(actionUnitNames.map((name) => [name, 0])) as ActionUnits;
  return Object.assign(units, active);
}
