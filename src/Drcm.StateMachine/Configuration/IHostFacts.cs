namespace Drcm.StateMachine.Configuration;

/// <summary>What a check may know of the host it runs on. Implementations answer, they do not throw: what cannot be
/// looked at counts as absent.</summary>
public interface IHostFacts
{
    /// <summary>What <c>uname -n</c> prints.</summary>
    string Hostname { get; }

    bool IsRoot { get; }

    /// <summary>libnftables is installed: floating addresses can be gated in the kernel.</summary>
    bool HasNftables { get; }

    /// <summary>What is at an absolute path, symbolic links followed; null if nothing, or if it cannot be looked at.</summary>
    HostPath? Look(string path);

    /// <summary>What is in a file, one character for each byte (Latin-1); null if it cannot be read, or is beyond what such a file may hold.</summary>
    string? Read(string path);
}

/// <param name="IsDirectory">False: a file of any kind.</param>
/// <param name="IsReadable">By the process that asks.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="Length">Bytes; 0 for a directory.</param>
public sealed record HostPath(bool IsDirectory, bool IsReadable, UnixFileMode Mode, long Length);
