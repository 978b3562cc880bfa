import { entries } from "./failure.ts";

/** What came over the wire does not have the form it must have. */
export const protocolErrors = entries({
  "request.not_found": {
    wire: "NAME_UNKNOWN",
    status: 404,
    en: "there is nothing at this address",
    zh: "该地址不存在",
    helpEn: "Check the path of the request.",
    helpZh: "请检查请求路径。",
  },
  "request.method": {
    wire: "UNSUPPORTED",
    status: 405,
    en: "{method} is not possible here; these are: {allowed}",
    zh: "此处不支持 {method}；支持：{allowed}",
    helpEn: "Use one of the methods named.",
    helpZh: "请使用所列方法之一。",
  },
  "request.malformed": {
    wire: "UNSUPPORTED",
    status: 400,
    en: "the request is malformed: {reason}",
    zh: "请求格式错误：{reason}",
    helpEn: "Mend the client, or the proxy between it and this server.",
    helpZh: "请修正客户端或其与服务器之间的代理。",
  },
});
