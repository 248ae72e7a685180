using System.Security.Cryptography;
using System.Text;
using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Tests.Support;

/// <summary>The key that all members of a test's cluster share.</summary>
internal static class Secret
{
    public static TransportKeys Keys(string secret = "of all members") => new(Seed(secret));

    public static byte[] Seed(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
