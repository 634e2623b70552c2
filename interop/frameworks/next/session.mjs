/** The options of iron-session, for the route that writes the session and the server that reads it. */
export const sessionOptions = { cookieName: 'session', password: 'a secret of this test, 32 letters', cookieOptions: { secure: false } }
