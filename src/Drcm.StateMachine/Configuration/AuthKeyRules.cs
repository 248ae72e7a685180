using System.Collections.Immutable;

namespace Drcm.StateMachine.Configuration;

/// <summary>Where the auth key lies and what it must be like (DESIGN 11 and 12).</summary>
public static class AuthKeyRules
{
    /// <summary>Bytes that <c>drcm auth init</c> writes, as the original's key has.</summary>
    public const int KeyLength = 2048;

    /// <summary>Bytes below which a key is refused: a 256-bit secret.</summary>
    public const int KeyLengthMin = 32;

    /// <summary>Bytes above which a file is taken for something else than a key.</summary>
    public const int KeyLengthMax = 1024 * 1024;

    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public const UnixFileMode DirectoryMode = FileMode | UnixFileMode.UserExecute;

    private const UnixFileMode OthersMayWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private const UnixFileMode OthersMayAnything = OthersMayWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead |
        UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary><c>.auth</c> beside the configuration file.</summary>
    public static string DirectoryOf(string configPath) =>
        configPath[..(configPath.LastIndexOf('/') + 1)] + ".auth";

    public static string KeyPathOf(string configPath) => $"{DirectoryOf(configPath)}/authkey";

    /// <summary>The key that a rotation brings: accepted, not yet sent.</summary>
    public static string NextPathOf(string configPath) => $"{KeyPathOf(configPath)}.next";

    /// <summary>The key that a rotation replaces: still accepted, not sent any more.</summary>
    public static string PreviousPathOf(string configPath) => $"{KeyPathOf(configPath)}.previous";

    /// <summary>SHA-1 of the key in hex, for tools of the original.</summary>
    public static string HashPathOf(string configPath) => $"{KeyPathOf(configPath)}.sha1";

    /// <summary>Faults of a key file; any error among them forbids to use it.</summary>
    public static ImmutableArray<Diagnostic> Check(string path, UnixFileMode mode, long length)
    {
        var faults = ImmutableArray.CreateBuilder<Diagnostic>();
        if ((mode & OthersMayAnything) != UnixFileMode.None)
            faults.Add(Fault(Severity.Error, $"{path} has mode {Octal(mode)}: others may use the key", $"chmod 600 {path}"));
        if (length is < KeyLengthMin or > KeyLengthMax)
            faults.Add(Fault(Severity.Error, $"{path} has {length} bytes, which is no key",
                "make one on one node with drcm auth init and copy it to all"));
        else if (length != KeyLength)
            faults.Add(Fault(Severity.Warning, $"{path} has {length} bytes, not {KeyLength}",
                "make sure that all nodes have the same file"));
        return faults.ToImmutable();
    }

    /// <summary>Faults of the directory that holds the key.</summary>
    public static ImmutableArray<Diagnostic> CheckDirectory(string path, UnixFileMode mode)
    {
        if ((mode & OthersMayWrite) != UnixFileMode.None)
            return [Fault(Severity.Error, $"{path} has mode {Octal(mode)}: others may replace the key", $"chmod 700 {path}")];
        return (mode & OthersMayAnything) == UnixFileMode.None
            ? []
            : [Fault(Severity.Warning, $"{path} has mode {Octal(mode)}", $"chmod 700 {path}")];
    }

    /// <summary>Group or world may write there: what holds keys, sockets or promises is refused then.</summary>
    public static bool IsWritableByOthers(UnixFileMode mode) => (mode & OthersMayWrite) != UnixFileMode.None;

    /// <summary>A mode as <c>chmod</c> takes it.</summary>
    public static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');

    private static Diagnostic Fault(Severity severity, string what, string remedy) => new(severity, 0, 0, what, remedy);
}
