using System.Security.Cryptography;
using System.Text;

namespace Drcm.StateMachine.Configuration;

/// <summary>By which nodes see that they run by the same configuration: SHA-256 of the canonical text, in lower-case hex.</summary>
public static class ConfigDigest
{
    public static string Of(ClusterDefinition definition) => OfText(CanonicalText.Render(definition));

    /// <param name="canonicalText">As <see cref="CanonicalText.Render(ClusterDefinition)"/> gives it.</param>
    public static string OfText(string canonicalText) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalText)));
}
