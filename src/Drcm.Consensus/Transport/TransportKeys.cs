using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Drcm.Consensus.Transport;

/// <summary>What members prove to each other at the TLS handshake: the possession of a P-256 key that each of them derives from the cluster's auth key.
/// Names and dates of the certificate mean nothing; only its public key is compared. While keys rotate (OWNERSHIP O22) several are accepted
/// and one is shown. Thread-safe.</summary>
public sealed class TransportKeys
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedBytes = 32;

    private static readonly DateTimeOffset NotBefore = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset NotAfter = new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Order of the group of P-256 (SEC 2, section 2.4.2): a private key is below it.</summary>
    private static readonly byte[] Order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    private volatile Set _set;

    /// <param name="seeds">32 bytes each. The first is shown, all are accepted.</param>
    /// <exception cref="ArgumentException">No seed, or one of another size.</exception>
    public TransportKeys(params IReadOnlyList<byte[]> seeds) => _set = Set.Of(seeds);

    /// <summary>From the next handshake on. Connections for which either side showed a key that is accepted no more are replaced, and cut (<see cref="TcpTransport"/>).</summary>
    /// <exception cref="ArgumentException">No seed, or one of another size.</exception>
    public void Replace(params IReadOnlyList<byte[]> seeds)
    {
        _set = Set.Of(seeds);
        Replaced?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Raised behind each replacement, on its thread; must not block.</summary>
    internal event EventHandler? Replaced;

    internal SslStreamCertificateContext Shown => _set.Shown;

    internal bool Accepts(X509Certificate? certificate) => certificate is X509Certificate2 shown && AcceptsKey(PublicKeyOf(shown));

    internal bool AcceptsKey(byte[] publicKey) => _set.Accepted.Any(a => CryptographicOperations.FixedTimeEquals(a, publicKey));

    internal static byte[] PublicKeyOf(X509Certificate2 certificate) => certificate.PublicKey.ExportSubjectPublicKeyInfo();

    private sealed record Set(SslStreamCertificateContext Shown, byte[][] Accepted)
    {
        public static Set Of(IReadOnlyList<byte[]> seeds)
        {
            if (seeds.Count == 0 || seeds.Any(s => s.Length != SeedBytes))
            {
                throw new ArgumentException($"one or more seeds of {SeedBytes} bytes are needed", nameof(seeds));
            }

            var certificates = seeds.Select(CertificateOf).ToArray();
            return new(SslStreamCertificateContext.Create(certificates[0], additionalCertificates: null, offline: true), [.. certificates.Select(PublicKeyOf)]);
        }

        private static X509Certificate2 CertificateOf(byte[] seed)
        {
            var scalar = (byte[])seed.Clone();
            while (scalar.AsSpan().SequenceCompareTo(Order) >= 0 || !scalar.AsSpan().ContainsAnyExcept((byte)0))
            {
                scalar = SHA256.HashData(scalar);
            }

            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
            return new CertificateRequest("CN=drcm", key, HashAlgorithmName.SHA256).CreateSelfSigned(NotBefore, NotAfter);
        }
    }
}
