using System.Security.Cryptography;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>The keys derived from the cluster's one secret, the auth key (DESIGN 12): HKDF-SHA256, one info string for each use, so
/// that no key tells anything about another.</summary>
/// <param name="KeepAlive">Of the HMAC on keep-alives and answers.</param>
/// <param name="Tls">Seed of the cluster's mutual TLS.</param>
public sealed record AuthKeys(byte[] KeepAlive, byte[] Tls)
{
    /// <summary>The template's key has 2048 bytes; a shorter one than this is not worth the name.</summary>
    public const int AuthKeyBytesMin = 16;

    private const int KeyBytes = 32;

    /// <exception cref="ArgumentException">Fewer than <see cref="AuthKeyBytesMin"/> bytes.</exception>
    public static AuthKeys Derive(ReadOnlySpan<byte> authKey)
    {
        if (authKey.Length < AuthKeyBytesMin)
        {
            throw new ArgumentException(
                $"the auth key has {authKey.Length} bytes, at least {AuthKeyBytesMin} are needed; create one with: drcm auth init",
                nameof(authKey));
        }
        return new AuthKeys(Expand(authKey, "drcm keep-alive v1"u8), Expand(authKey, "drcm tls v1"u8));
    }

    private static byte[] Expand(ReadOnlySpan<byte> authKey, ReadOnlySpan<byte> info)
    {
        var key = new byte[KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, authKey, key, salt: default, info);
        return key;
    }
}
