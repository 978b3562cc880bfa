import type { Words } from "../remote/words.ts";
import { broken, type Finding } from "./finding.ts";
import type { Handshake } from "./handshake.ts";
import type { Patient } from "./patient.ts";

/** Where a CA's certificate goes, for each client. */
export function installAdvice(place: string): Words[] {
  return [
    {
      en: `docker, on every machine and without a restart: /etc/docker/certs.d/${place}/ca.crt`,
      zh: `docker（每台机器，无需重启）：/etc/docker/certs.d/${place}/ca.crt`,
    },
    {
      en: `podman, buildah, skopeo: /etc/containers/certs.d/${place}/ca.crt`,
      zh: `podman、buildah、skopeo：/etc/containers/certs.d/${place}/ca.crt`,
    },
    {
      en: `containerd and Kubernetes: /etc/containerd/certs.d/${place}/hosts.toml with \`[host."https://${place}"]\` and \`ca = "/…/ca.crt"\`, on every node`,
      zh: `containerd 与 Kubernetes：每个节点的 /etc/containerd/certs.d/${place}/hosts.toml，写入 \`[host."https://${place}"]\` 与 \`ca = "/…/ca.crt"\``,
    },
    {
      en: "everything else on Debian: /usr/local/share/ca-certificates/NAME.crt and `update-ca-certificates`, then restart docker and containerd",
      zh: "Debian 上的其他程序：/usr/local/share/ca-certificates/名称.crt 并执行 `update-ca-certificates`，随后重启 docker 与 containerd",
    },
  ];
}

function expired({ leaf }: Handshake): Finding {
  const when = leaf.validTo;
  const words = { en: `the certificate ended on ${when}`, zh: `证书已于 ${when} 到期` };
  return broken(
    "tls.expired",
    words,
    {
      en: "Renew it on the server or its proxy; a running server takes new files by itself.",
      zh: "请在服务或其代理上更新证书；运行中的服务会自动加载新文件。",
    },
    {
      en: "If it should still be valid, the clock of this machine is wrong: `timedatectl`.",
      zh: "若证书本应有效，则本机时钟有误：请执行 `timedatectl`。",
    },
  );
}

function early({ leaf }: Handshake): Finding {
  const when = leaf.validFrom;
  const words = { en: `the certificate begins on ${when} only`, zh: `证书自 ${when} 起才有效` };
  return broken("tls.not_yet_valid", words, {
    en: "The clock of this machine is behind, or that of the machine that made the certificate ahead: `timedatectl set-ntp true`.",
    zh: "本机时钟偏慢，或签发证书的机器时钟偏快：`timedatectl set-ntp true`。",
  });
}

function incomplete({ leaf }: Handshake): Finding {
  const issuer = leaf.issuer.replaceAll("\n", ", ");
  const words = {
    en: `the server sends its own certificate alone; the one of its issuer is missing (${issuer})`,
    zh: `服务只发送了自身证书，缺少其签发者的证书（${issuer}）`,
  };
  return broken(
    "tls.incomplete_chain",
    words,
    {
      en: "Put the intermediate certificates behind the server's own into the same file (`fullchain.pem`, not `cert.pem`).",
      zh: "请将中间证书接在服务证书之后放入同一文件（使用 `fullchain.pem` 而不是 `cert.pem`）。",
    },
    {
      en: "Browsers fetch what is missing by themselves and so hide this; docker, podman and containerd do not.",
      zh: "浏览器会自行补全缺失的证书而掩盖此问题；docker、podman 与 containerd 不会。",
    },
  );
}

/** Why nobody here trusts the certificate, and what to do. */
export function distrusted(patient: Patient, place: string, shaken: Handshake): Finding {
  const { distrust = "", leaf, length } = shaken;
  if (/EXPIRED/.test(distrust)) return expired(shaken);
  if (/NOT_YET_VALID/.test(distrust)) return early(shaken);
  const isOwn = leaf.issuer === leaf.subject;
  // Public issuers write where their own certificate is to be had; those of companies rarely do.
  const isPublic = /CA Issuers/.test(leaf.infoAccess ?? "");
  if (!isOwn && length <= 1 && isPublic) return incomplete(shaken);
  const issuer = leaf.issuer.replaceAll("\n", ", ");
  const given =
    patient.ca === undefined
      ? []
      : [
          {
            en: "The file of --ca-file does not help: it must hold the certificate of the issuer (the root), not the server's.",
            zh: "--ca-file 给出的文件无效：其中须为签发者（根）证书，而不是服务证书。",
          },
        ];
  return broken(
    "tls.unknown_ca",
    {
      en: isOwn
        ? `the certificate was issued by itself (${issuer}), and nothing here trusts it`
        : `nothing here knows who issued the certificate: ${issuer}`,
      zh: isOwn ? `证书为自签名（${issuer}），此处无人信任` : `此处无人认识证书的签发者：${issuer}`,
    },
    ...given,
    {
      en: "Get the certificate of that issuer as PEM from whoever runs the server (not from the connection itself), and put it where each client looks:",
      zh: "请向服务的运维者索取该签发者的 PEM 证书（不要直接取自此连接），并放到各客户端查找的位置：",
    },
    ...installAdvice(place),
  );
}
