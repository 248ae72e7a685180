using System.Security.Cryptography;
using System.Text;
using Drcm.Node.Storage;
using Drcm.StateMachine.Configuration;

namespace Drcm.Node.Keys;

/// <summary>The auth key on disk while it rotates (O22). What a node sends and accepts follows from these files alone, so that a daemon killed at any moment
/// comes back with what it had confirmed: <c>authkey</c> is sent; <c>authkey.next</c> and <c>authkey.previous</c> are accepted as well. Each is written
/// whole, with mode 0600, and flushed.</summary>
internal sealed class AuthKeyStore
{
    private readonly string _configFile;

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file is not ours to read.</exception>
    public AuthKeyStore(string configFile, byte[] current)
    {
        _configFile = configFile;
        Current = current;
        Next = Read(NextPath);
        Previous = Read(PreviousPath);
        if (Next is not null && Next.AsSpan().SequenceEqual(Current)) Next = null;
    }

    public byte[] Current { get; private set; }

    public byte[]? Next { get; private set; }

    public byte[]? Previous { get; private set; }

    /// <summary>The first is sent, all are accepted.</summary>
    public IEnumerable<byte[]> InUse => new[] { Current, Next, Previous }.OfType<byte[]>();

    private string KeyPath => AuthKeyRules.KeyPathOf(_configFile);

    private string NextPath => AuthKeyRules.NextPathOf(_configFile);

    private string PreviousPath => AuthKeyRules.PreviousPathOf(_configFile);

    /// <summary>SHA-256 in hex: names a key and tells nothing about it.</summary>
    public static string FingerprintOf(byte[] key) => Convert.ToHexStringLower(SHA256.HashData(key));

    /// <summary>Accept this one too.</summary>
    public void Take(byte[] next)
    {
        Write(NextPath, next);
        Next = next;
    }

    /// <summary>Send the next one, and accept the one before. Redone after a crash in the middle: then the next one is still there.</summary>
    public void Switch()
    {
        if (Next is not { } next) return;
        Write(PreviousPath, Current);
        Write(AuthKeyRules.HashPathOf(_configFile), Encoding.ASCII.GetBytes(OldHash(next)));
        File.Move(NextPath, KeyPath, overwrite: true);
        DurableFile.FlushDirectory(AuthKeyRules.DirectoryOf(_configFile));
        (Previous, Current, Next) = (Current, next, null);
    }

    /// <summary>Accept the current one alone.</summary>
    public void Retire()
    {
        if (Previous is null) return;
        File.Delete(PreviousPath);
        DurableFile.FlushDirectory(AuthKeyRules.DirectoryOf(_configFile));
        Previous = null;
    }

    private static byte[]? Read(string path)
    {
        if (!File.Exists(path)) return null;
        var key = File.ReadAllBytes(path);
        return AuthKeyRules.Check(path, File.GetUnixFileMode(path), key.Length).Any(d => d.Severity == Severity.Error) ? null : key;
    }

    private static void Write(string path, byte[] content)
    {
        var beside = $"{path}.new";
        File.Delete(beside);
        using (var file = new FileStream(beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = AuthKeyRules.FileMode }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
        DurableFile.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>What tools of the original compare; it protects nothing.</summary>
    private static string OldHash(byte[] key) =>
#pragma warning disable CA5350 // the format is the original's
        Convert.ToHexStringLower(SHA1.HashData(key));
#pragma warning restore CA5350
}
