import { DAY, HOUR, MINUTE } from "../../kernel/clock.ts";
import { key, section } from "../key.ts";
import { boolean, choice, duration, secret, text } from "../kinds.ts";
import { loginProviders, providersDocs } from "../providers.ts";

const YEARS = 3_650 * DAY;

export const auth = section(
  { en: "Who may come in.", zh: "访问验证。" },
  {
    insecureNoAuth: key(boolean(), {
      default: false,
      en: "Opens everything to everyone. For a laptop or a benchmark, never for a network.",
      zh: "对所有人开放一切。仅用于个人电脑或性能测试，切勿用于网络环境。",
    }),
    realm: key(
      text({ en: "printable ASCII without quotes", zh: "不含引号的可打印 ASCII" }, isRealm),
      {
        default: "Entrepot",
        en: "What this registry is called where clients are asked to log in: the realm of Basic, and the service (audience) of tokens.",
        zh: "要求客户端登录时本仓库的名称：Basic 的 realm，以及令牌的 service（受众）。",
      },
    ),
    providers: key(loginProviders(), providersDocs),
    accessTokenTtl: key(duration(MINUTE, HOUR), {
      default: "5m",
      en: "How long a registry token counts. Rights are looked up again whenever it is used.",
      zh: "仓库令牌的有效时长。每次使用时都会重新检查权限。",
    }),
    refreshTokenTtl: key(duration(HOUR, 366 * DAY), {
      default: "30d",
      en: "How long the identity token counts that `docker login` may keep in the place of the password.",
      zh: "`docker login` 用以代替密码保存的身份令牌的有效时长。",
    }),
    personalTokenMaxTtl: key(duration(HOUR, 3_660 * DAY), {
      default: "366d",
      en: "The longest life that a personal access token may have.",
      zh: "个人访问令牌允许的最长有效期。",
    }),
    loginPasswordTtl: key(duration(MINUTE, 12 * HOUR), {
      default: "1h",
      en: "How long the password counts that `entrepot login-password` prints.",
      zh: "`entrepot login-password` 输出的密码的有效时长。",
    }),
    signingAlgorithm: key(choice("EdDSA", "ES256"), {
      default: "EdDSA",
      en: "How registry tokens are signed.",
      zh: "仓库令牌的签名算法。",
    }),
    keyRotation: key(duration(HOUR, YEARS), {
      default: "30d",
      en: "How often the signing key of registry tokens is replaced.",
      zh: "更换仓库令牌签名密钥的周期。",
    }),
    sessionIdle: key(duration(5 * MINUTE, 366 * DAY), {
      default: "12h",
      en: "After this long without a request a console session ends.",
      zh: "控制台会话闲置超过此时长后结束。",
    }),
    sessionMax: key(duration(5 * MINUTE, 366 * DAY), {
      default: "30d",
      en: "The longest life of a console session.",
      zh: "控制台会话的最长有效期。",
    }),
    stepUp: key(duration(MINUTE, DAY), {
      default: "5m",
      en: "How recently somebody must have shown a factor before deleting what hurts, such as a project.",
      zh: "执行删除项目等高危操作前，必须在此时长内重新验证过身份。",
    }),
  },
);

export const secrets = section(
  {
    en: "The keys that encrypt what must be read again: signing keys, authenticator secrets.",
    zh: "用于加密需再次读取的机密（签名密钥、身份验证器密钥）的密钥。",
  },
  {
    key: key(
      secret({ en: "32 characters or more", zh: "至少 32 个字符" }, (value) => value.length >= 32),
      {
        default: "",
        defaultMeans: {
          en: "a random one in `secret-key` in the data folder",
          zh: "数据目录下 `secret-key` 文件中的随机密钥",
        },
        secret: true,
        en: "Every node of one database needs the same. Keep a copy outside of the database and its backups.",
        zh: "同一数据库的所有节点必须使用相同的密钥。请在数据库及其备份之外另存一份。",
      },
    ),
    previousKeys: key(
      secret(
        {
          en: "keys of 32 characters or more, with spaces between",
          zh: "以空格分隔的密钥，每个至少 32 个字符",
        },
        (value) => value.split(/\s+/).every((each) => each.length >= 32),
      ),
      {
        default: "",
        defaultMeans: { en: "none", zh: "无" },
        secret: true,
        en: "Earlier keys: they open what they sealed, which is sealed anew at the next start.",
        zh: "旧密钥：仍可解密其加密的内容，这些内容会在下次启动时重新加密。",
      },
    ),
  },
);

export const admin = section(
  { en: "The first administrator.", zh: "首位管理员。" },
  {
    password: key(
      secret(
        {
          en: "at least 8 characters, not one of the well-known ones",
          zh: "至少 8 个字符，且不是常见密码",
        },
        isDecentPassword,
      ),
      {
        default: "",
        defaultMeans: {
          en: "a random one, told once at the first start",
          zh: "首次启动时随机生成并仅显示一次",
        },
        secret: true,
        en: "The password of `admin`, used at the first start only.",
        zh: "`admin` 的密码，仅在首次启动时使用。",
      },
    ),
  },
);

function isRealm(value: string): boolean {
  // RFC 9110 §5.6.4: a quoted-string; what needs no escaping inside it is all that is allowed.
  return /^[\x20-\x7e]{1,128}$/.test(value) && !/["\\]/.test(value);
}

const WELL_KNOWN =
  /^(?:pass(?:word|w0rd)\d*|admin\d{3,}|administrator|changeme\d*|harbor12345|1234567890?|12345678|qwertyui(?:op)?|entrepot\d*|letmein\d*)$/i;

function isDecentPassword(value: string): boolean {
  return value.length >= 8 && value.length <= 1_024 && !WELL_KNOWN.test(value);
}
