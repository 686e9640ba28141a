import type { AccountSummary, Accounts, AuditLog, Entry, RoleChange } from './schema';
import { call } from './transport';

export type { AccountSummary, Entry };
export type Role = RoleChange['role'];

/** The account of an address; none where there is no such account. For owners. */
export async function accountOf(email: string): Promise<AccountSummary | null> {
  const { accounts } = await call<Accounts>('GET', `v1/accounts?${new URLSearchParams({ email })}`);
  return accounts[0] ?? null;
}

/** Gives an account a role. For owners. */
export function giveRole(id: string, role: Role): Promise<AccountSummary> {
  return call('PUT', `v1/accounts/${encodeURIComponent(id)}/role`, { body: { role } satisfies RoleChange });
}

/** What was administered, latest first, before an entry. For operators. */
export function auditLog(before: number | null): Promise<AuditLog> {
  return call('GET', before === null ? 'v1/audit' : `v1/audit?before=${before}`);
}
