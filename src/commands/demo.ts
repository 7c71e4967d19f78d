export const demo = async (_: unknown): Promise<{ text: string }> => ({ text: 'todo' });
