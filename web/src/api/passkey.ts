import type { CreationOptions, Passkey, Passkeys, RequestOptions, Tokens } from './schema';
import { call } from './transport';

export type { Passkey };

/** Whether this browser has passkeys and speaks of them in JSON. */
export const supported = typeof PublicKeyCredential === 'function' && 'parseCreationOptionsFromJSON' in PublicKeyCredential;

/** The passkeys of the account. */
export async function passkeys(): Promise<Passkey[]> {
  return (await call<Passkeys>('GET', 'v1/auth/passkeys')).passkeys;
}

/** Has the browser make a passkey, and adds it. */
export async function addPasskey(name: string, password: string): Promise<Passkey> {
  const options = await call<CreationOptions>('POST', 'v1/auth/passkeys/registration', { body: { password } });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const { id, response } = made.toJSON() as RegistrationResponseJSON;
  const { clientDataJSON, attestationObject } = response;
  return call('POST', 'v1/auth/passkeys', { body: { name, credential: { id, response: { clientDataJSON, attestationObject } } } });
}

export function removePasskey(id: string): Promise<void> {
  return call('DELETE', `v1/auth/passkeys/${encodeURIComponent(id)}`);
}

/** Signs in by a passkey that the browser offers. */
export async function signInByPasskey(): Promise<Tokens> {
  const options = await call<RequestOptions>('POST', 'v1/auth/passkeys/challenge', { open: true, body: {} });
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  const given = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const { id, response } = given.toJSON() as AuthenticationResponseJSON;
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  const signed = { clientDataJSON, authenticatorData, signature, userHandle: userHandle ?? null };
  return call('POST', 'v1/auth/passkeys/sign-in', { open: true, body: { credential: { id, response: signed }, cookie: true } });
}
