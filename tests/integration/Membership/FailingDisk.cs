using Drcm.Integration.Tests.Cli;
using Xunit;

namespace Drcm.Integration.Tests.Membership;

/// <summary>An ext4 file system on a loop device that can be told to find an error, upon which the kernel makes it read-only under its open files.</summary>
internal sealed class FailingDisk(string directory, string device) : IAsyncDisposable
{
    public static bool IsPossible => File.Exists("/dev/loop-control") && File.Exists("/usr/sbin/mkfs.ext4") && Directory.Exists("/sys/fs/ext4");

    private static string Image(string directory) => $"{directory}.img";

    public static async Task<FailingDisk> MountAsync(string directory, int mebibytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        await using (var image = new FileStream(Image(directory), FileMode.CreateNew)) image.SetLength(mebibytes * 1024L * 1024);
        await MustAsync("/usr/sbin/mkfs.ext4", ["-q", "-F", Image(directory)], cancellationToken);
        await MustAsync("mount", ["-o", "loop,errors=remount-ro", Image(directory), directory], cancellationToken);
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var source = await MustAsync("findmnt", ["-no", "SOURCE", directory], cancellationToken);
        return new FailingDisk(directory, Path.GetFileName(source.Trim()));
    }

    public void Fail() => File.WriteAllText($"/sys/fs/ext4/{device}/trigger_fs_error", "for a test\n");

    public async ValueTask DisposeAsync() => await RunProgram.ToEndAsync("umount", ["-l", directory], CancellationToken.None);

    private static async Task<string> MustAsync(string program, string[] words, CancellationToken cancellationToken)
    {
        var result = await RunProgram.ToEndAsync(program, words, cancellationToken);
        Assert.True(result.Exit == 0, result.Errors);
        return result.Output;
    }
}
