import { entries } from "./failure.ts";

/** The token service, and the tokens that it gives. */
export const tokenErrors = entries({
  "token.invalid": {
    wire: "UNAUTHORIZED",
    status: 401,
    en: "the token is not valid, or not any more",
    zh: "令牌无效或已失效",
    helpEn:
      "Ask the token service for a new one; clients do so by themselves. Log in again if that does not help.",
    helpZh: "请向令牌服务重新申请令牌；客户端通常会自动完成。若仍无效，请重新登录。",
  },
  "token.request_invalid": {
    wire: "UNSUPPORTED",
    status: 400,
    en: "the token request is malformed: {reason}",
    zh: "令牌请求格式错误：{reason}",
    helpEn: "Send a form with `grant_type` and what that grant takes, each of them once.",
    helpZh: "请以表单发送 `grant_type` 及该授权方式所需的字段，每项一次。",
  },
  "token.request_too_large": {
    wire: "SIZE_INVALID",
    status: 413,
    en: "the token request is larger than the {limit} bytes that one may have",
    zh: "令牌请求超过允许的 {limit} 字节",
    helpEn: "Ask for fewer scopes at a time.",
    helpZh: "请减少单次申请的范围数量。",
  },
  "token.grant_unsupported": {
    wire: "UNSUPPORTED",
    status: 400,
    en: "the grant type {given} is not supported; these are: {supported}",
    zh: "不支持授权方式 {given}；支持：{supported}",
    helpEn: "Use one of the grant types named.",
    helpZh: "请使用所列授权方式之一。",
  },
  "token.claims_too_large": {
    wire: "DENIED",
    status: 403,
    en: "the login provider says more about this account ({size} bytes) than a token can carry ({limit})",
    zh: "登录提供方给出的账户声明（{size} 字节）超出令牌可携带的上限（{limit} 字节）",
    helpEn:
      "Administrators: let the provider give fewer claims. A personal access token works meanwhile.",
    helpZh: "管理员：请减少该提供方给出的声明。在此期间可使用个人访问令牌。",
  },
});
