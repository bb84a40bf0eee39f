/** Attributes that AWS moves by itself, all the time: they are no drift, and two plans that differ in them do the same. */
export const moving: readonly string[] = ['latest_restorable_time'];
