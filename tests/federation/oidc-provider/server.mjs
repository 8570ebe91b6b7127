// A provider for the tests: real protocol, people who sign in by typing a name.
//
//   node server.mjs PORT CALLBACK LOGOUT
//
// `one` stands for a password, `two` for a password and a one-time password. It says `ready` when it
// listens.
import { Provider } from 'oidc-provider';
import { exportJWK, generateKeyPair } from 'jose';

const [port, callback, logout] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const key = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'ES256', kid: 'k1' };

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'sekisho',
      client_secret: 'a secret of the tests',
      redirect_uris: [callback],
      backchannel_logout_uri: logout,
      backchannel_logout_session_required: true,
      id_token_signed_response_alg: 'ES256',
      require_pushed_authorization_requests: true,
    },
    {
      client_id: 'app',
      redirect_uris: ['http://127.0.0.1:9/app'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ['for the tests only'] },
  acrValues: ['one', 'two'],
  enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  extraTokenClaims: (ctx, token) => {
    const session = ctx.oidc.session ?? {};
    const said = signIns.get(token.sessionUid ?? session.uid);
    return said && { acr: said.acr, auth_time: said.at };
  },
  features: {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true },
    backchannelLogout: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:sekisho',
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'openid',
        audience: 'sekisho',
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  // Without its guard against addresses of this machine: that is where the test is.
  fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  renderError: (ctx, out) => {
    ctx.body = `<p>${out.error}: ${out.error_description}</p>`;
  },
});

// What was verified in each session, for access tokens.
const signIns = new Map();
provider.on('authorization.success', (ctx) => {
  const { session } = ctx.oidc;
  signIns.set(session.uid, { acr: session.acr, at: session.loginTs });
});

async function body(req) {
  let text = '';
  for await (const piece of req) text += piece;
  return Object.fromEntries(new URLSearchParams(text));
}

async function consent({ params, session }) {
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  grant.addResourceScope('urn:sekisho', 'openid');
  return { consent: { grantId: await grant.save() } };
}

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  if (details.prompt.name === 'consent') {
    const result = await consent(details);
    return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  }
  if (ctx.method === 'POST') {
    const form = await body(ctx.req);
    const amr = form.acr === 'two' ? ['pwd', 'otp', 'mfa'] : ['pwd'];
    const login = { accountId: form.login, acr: form.acr, amr };
    return provider.interactionFinished(ctx.req, ctx.res, { login });
  }
  ctx.type = 'html';
  ctx.body = `<form method="post" action="${ctx.path}">
<input name="login"><input name="acr"><button>in</button></form>`;
});

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
