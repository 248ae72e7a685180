using System.Runtime.InteropServices;
using Drcm.StateMachine.Configuration;

namespace Drcm.Cli.Configuration;

/// <summary>The host this process runs on.</summary>
internal sealed partial class LinuxHost : IHostFacts
{
    private const int ReadAccess = 4;

    /// <summary>As the daemon takes for a crontab.</summary>
    private const long TextBytesMax = 1024 * 1024;

    /// <summary>Of this UTS namespace, with its domain: <see cref="Environment.MachineName"/> cuts that off.</summary>
    public string Hostname { get; } = ReadHostname();

    public bool IsRoot => Environment.IsPrivilegedProcess;

    public bool HasNftables { get; } = NativeLibrary.TryLoad("libnftables.so.1", out _);

    public HostPath? Look(string path)
    {
        try
        {
            FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
            if (!info.Exists) return null;
            info = info.ResolveLinkTarget(returnFinalTarget: true) ?? info;
            var length = info is FileInfo file ? file.Length : 0;
            return new HostPath(info is DirectoryInfo, Access(path, ReadAccess) == 0, info.UnixFileMode, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    public string? Read(string path)
    {
        try
        {
            return new FileInfo(path).Length <= TextBytesMax ? File.ReadAllText(path, System.Text.Encoding.Latin1) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string ReadHostname()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/hostname").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Environment.MachineName;
        }
    }

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
