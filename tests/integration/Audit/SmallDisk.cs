using Drcm.Integration.Tests.Cli;
using Drcm.Integration.Tests.Scripts;
using Drcm.Node.Audit;

namespace Drcm.Integration.Tests.Audit;

/// <summary>A file system of its own for an audit.db, which can be full or hang.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int LoopMiB = 16;
    private readonly TemporaryDirectory _directory = new();

    private SmallDisk() => Mount = _directory.Make("disk");

    public static bool CanFreeze =>
        Environment.IsPrivilegedProcess && File.Exists("/dev/loop-control") && File.Exists("/sbin/mkfs.ext4") && File.Exists("/sbin/fsfreeze");

    public string Path => System.IO.Path.Combine(Mount, AuditDatabase.FileName);

    private string Mount { get; }

    public static async Task<SmallDisk> TmpfsAsync(int kibibytes, CancellationToken cancellationToken)
    {
        var disk = new SmallDisk();
        await MustAsync(cancellationToken, "mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "audit", disk.Mount);
        return disk;
    }

    public static async Task<SmallDisk> LoopAsync(CancellationToken cancellationToken)
    {
        var disk = new SmallDisk();
        var image = disk._directory["image"];
        await using (var file = File.Create(image)) file.SetLength(LoopMiB * 1024 * 1024);
        await MustAsync(cancellationToken, "mkfs.ext4", "-q", "-F", image);
        await MustAsync(cancellationToken, "mount", "-o", "loop", image, disk.Mount);
        return disk;
    }

    public Task EnlargeAsync(CancellationToken cancellationToken) => MustAsync(cancellationToken, "mount", "-o", "remount,size=64m", Mount);

    public Task FreezeAsync(CancellationToken cancellationToken) => MustAsync(cancellationToken, "fsfreeze", "-f", Mount);

    public Task ThawAsync(CancellationToken cancellationToken) => MustAsync(cancellationToken, "fsfreeze", "-u", Mount);

    public void Dispose()
    {
        using var thaw = RunProgram.Start("/bin/sh", ["-c", $"fsfreeze -u {Mount} 2>/dev/null; umount -l {Mount}"]);
        thaw.WaitForExit();
        _directory.Dispose();
    }

    private static async Task MustAsync(CancellationToken cancellationToken, params string[] words)
    {
        var result = await RunProgram.ToEndAsync("/usr/bin/env", words, cancellationToken);
        if (result.Exit != 0) throw new InvalidOperationException($"{string.Join(' ', words)}: {result.Errors}");
    }
}
