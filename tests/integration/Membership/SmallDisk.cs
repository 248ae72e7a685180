using Drcm.Integration.Tests.Cli;
using Xunit;

namespace Drcm.Integration.Tests.Membership;

/// <summary>A file system of its own under a directory; needs root.</summary>
internal sealed class SmallDisk(string directory) : IAsyncDisposable
{
    private string Ballast => Path.Combine(directory, "ballast");

    public static async Task<SmallDisk> MountAsync(string directory, int mebibytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await MustAsync(["-t", "tmpfs", "-o", $"size={mebibytes}m,mode=700", "spool", directory], cancellationToken);
        return new SmallDisk(directory);
    }

    /// <summary>To the last page.</summary>
    public void Fill()
    {
        var block = new byte[4096];
        try
        {
            using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // No space left: what was wanted.
        }
    }

    public void MakeRoom() => File.Delete(Ballast);

    public async ValueTask DisposeAsync() => await RunProgram.ToEndAsync("umount", ["-l", directory], CancellationToken.None);

    private static async Task MustAsync(string[] words, CancellationToken cancellationToken)
    {
        var result = await RunProgram.ToEndAsync("mount", words, cancellationToken);
        Assert.True(result.Exit == 0, result.Errors);
    }
}
