using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Auth;

/// <summary>The key on disk.</summary>
internal static class AuthKeyFile
{
    /// <summary>Writes a new key and its hash; each file appears whole, with its mode, or not at all.</summary>
    public static void Create(string configPath)
    {
        var directory = AuthKeyRules.DirectoryOf(configPath);
        Directory.CreateDirectory(directory, AuthKeyRules.DirectoryMode);
        File.SetUnixFileMode(directory, AuthKeyRules.DirectoryMode);
        var key = RandomNumberGenerator.GetBytes(AuthKeyRules.KeyLength);
        Write(AuthKeyRules.KeyPathOf(configPath), key);
        Write(AuthKeyRules.HashPathOf(configPath), Encoding.ASCII.GetBytes(OldHash(key)));
        CryptographicOperations.ZeroMemory(key);
    }

    public static AuthReport Describe(string path, string configPath)
    {
        var info = new FileInfo(path);
        if (info.Exists && info.Length > AuthKeyRules.KeyLengthMax) throw new IOException("it is too large for a key");
        var key = File.ReadAllBytes(path);
        var mode = File.GetUnixFileMode(path);
        var directory = AuthKeyRules.DirectoryOf(configPath);
        var faults = AuthKeyRules.CheckDirectory(directory, File.GetUnixFileMode(directory))
            .AddRange(AuthKeyRules.Check(path, mode, key.Length));
        return new AuthReport(
            path, AuthKeyRules.Octal(mode), key.Length, $"SHA256:{Convert.ToHexStringLower(SHA256.HashData(key))}",
            faults.All(f => f.Severity != Severity.Error), [.. faults.Select(f => $"{f.What}; {f.Remedy}")]);
    }

    /// <summary>What tools of the original compare; it protects nothing.</summary>
    private static string OldHash(byte[] key) =>
#pragma warning disable CA5350 // the format is the original's
        Convert.ToHexStringLower(SHA1.HashData(key));
#pragma warning restore CA5350

    private static void Write(string path, byte[] content)
    {
        var beside = $"{path}.new";
        File.Delete(beside);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = AuthKeyRules.FileMode,
        };
        using (var file = new FileStream(beside, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
    }
}

/// <param name="Fingerprint">SHA-256 of the key: equal on all nodes, and tells nothing about it.</param>
/// <param name="Usable">The daemon would take it.</param>
internal sealed record AuthReport(
    string Path, string Mode, int Bytes, string Fingerprint, bool Usable, IReadOnlyList<string> Problems);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(AuthReport))]
internal sealed partial class AuthJson : JsonSerializerContext;
