import { generateKeyPairSync, hash, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** Both in PEM. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

/** The most that browsers take. */
const MOST_DAYS = 825;

/** A clock that is slow would otherwise find it not valid yet. */
const EARLIER_MS = 3_600_000;

const DAY_MS = 86_400_000;

const COMMON_NAME = '2.5.4.3';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';

/**
 * Makes a private key (ECDSA, P-256) and a certificate that it signs itself. It is no authority: who
 * trusts it trusts this server, and nothing else that the key could sign.
 *
 * @param hosts names and addresses by which the server is reached, the main one first
 */
export async function makeSelfSigned(
  hosts: readonly [string, ...string[]],
  now: Date,
): Promise<SelfSigned> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  // Who only serves needs neither of them.
  const { AsnConvert, OctetString } = await import('@peculiar/asn1-schema');
  const x509 = await import('@peculiar/asn1-x509');

  const name = new x509.Name([
    new x509.RelativeDistinguishedName([
      new x509.AttributeTypeAndValue({
        type: COMMON_NAME,
        value: new x509.AttributeValue({ utf8String: hosts[0].slice(0, 64) }),
      }),
    ]),
  ]);
  const extension = (extnID: string, critical: boolean, value: object): InstanceType<Extension> =>
    new x509.Extension({
      extnID,
      critical,
      extnValue: new OctetString(AsnConvert.serialize(value)),
    });
  type Extension = typeof x509.Extension;
  const alternatives = hosts.map(
    (host) => new x509.GeneralName(isIP(host) === 0 ? { dNSName: host } : { iPAddress: host }),
  );
  const notBefore = new Date(now.getTime() - EARLIER_MS);
  const signature = new x509.AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const tbsCertificate = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: serialNumber(),
    signature,
    issuer: name,
    subject: name,
    validity: new x509.Validity({
      notBefore,
      notAfter: new Date(notBefore.getTime() + MOST_DAYS * DAY_MS),
    }),
    subjectPublicKeyInfo: AsnConvert.parse(spki, x509.SubjectPublicKeyInfo),
    extensions: new x509.Extensions([
      extension(x509.id_ce_basicConstraints, true, new x509.BasicConstraints()),
      extension(x509.id_ce_keyUsage, true, new x509.KeyUsage(x509.KeyUsageFlags.digitalSignature)),
      extension(x509.id_ce_extKeyUsage, false, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth])),
      extension(
        x509.id_ce_subjectKeyIdentifier,
        false,
        new x509.SubjectKeyIdentifier(hash('sha256', spki, 'buffer').subarray(0, 20)),
      ),
      extension(x509.id_ce_subjectAltName, false, new x509.SubjectAlternativeName(alternatives)),
    ]),
  });
  const signed = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), privateKey);
  const certificate = new x509.Certificate({
    tbsCertificate,
    signatureAlgorithm: signature,
    signatureValue: new Uint8Array(signed).buffer,
  });
  return {
    cert: pem(Buffer.from(AsnConvert.serialize(certificate))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

/** 127 random bits, positive and without a zero in front: what DER wants of a number. */
function serialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.buffer;
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
