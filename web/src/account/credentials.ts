/** What is wrong with each field; nothing when it is fine. */
export interface Faults {
  email?: string;
  password?: string;
}

/** Checks credentials before they are sent; the platform has the last word. */
export function faultsOf(email: string, password: string, isNew: boolean): Faults {
  const faults: Faults = {};
  if (email.trim() === '') faults.email = 'Enter your e-mail address.';
  else if (!/^[^\s@]+@[^\s@]+$/.test(email.trim())) faults.email = 'Enter an address such as name@example.com.';
  const problem = passwordFault(password, isNew);
  if (problem) faults.password = problem;
  return faults;
}

function passwordFault(password: string, isNew: boolean): string | undefined {
  if (password === '') return 'Enter your password.';
  const length = [...password].length;
  if (isNew && length < 8) return 'Use at least 8 characters.';
  if (isNew && length > 128) return 'Use at most 128 characters.';
  return undefined;
}
