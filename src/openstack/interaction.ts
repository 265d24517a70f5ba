/** Asks the user for a secret that no file holds; undefined when they decline, or when nobody is there to be asked. The answer stays in memory; a passcode is good for one sign-in. */
export type AskSecret = (cloud: string, user: string | undefined, what: AskedSecret) => Promise<string | undefined>;

/** A secret that an entry may leave out, as its option is called. */
export type AskedSecret = 'password' | 'passcode' | 'application_credential_secret';

/** A page at which the user signs in, with their browser. */
export interface SignInPage {
  /** The cloud that is signed in to; of a Kubernetes user, who that is. */
  readonly cloud: string;
  readonly of?: 'user';
  /** An http or https URL. */
  readonly url: string;
  /** What to type on the page; undefined where nothing is typed. */
  readonly code?: string;
  /** Where the browser brings the answer by itself: an address of this machine's loopback that is listened on. */
  readonly callback?: string;
  /** What the user may paste when the browser cannot bring it: the token, or the address that it ended at. */
  readonly paste?: 'token' | 'address';
  /** Why it must be pasted this time: `port 9990 is taken by another program`. */
  readonly trouble?: string;
}

/** What the user did with a page: pasted the answer, or gave up. */
export type PageOutcome = { readonly pasted: string } | 'closed';

/** Brings the user to a page, and waits with them. */
export interface SignInPages {
  /** Whether somebody has just asked to sign in to that cloud. If not, nothing is opened and nobody interrupted. */
  attended(cloud: string): boolean;
  /** Shows the page until the user pastes or gives up, or `answered` fires: then the answer came by another way, or the wait is over. */
  show(page: SignInPage, answered: AbortSignal): Promise<PageOutcome>;
}
