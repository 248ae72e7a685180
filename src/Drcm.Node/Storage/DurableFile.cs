using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Drcm.Node.Storage;

/// <summary>Replaces small files so that after a power cut either the old or the new content is there, whole: temporary file, fsync,
/// rename, fsync of the directory.</summary>
internal static partial class DurableFile
{
    /// <exception cref="IOException">Not stored; the old content is still in place.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
        }
        File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(temporary, path, overwrite: true);
        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    public static void FlushDirectory(string directory)
    {
        const int readOnly = 0;
        const int directoryOnly = 0x10000;
        using var handle = new SafeFileHandle(Open(directory, readOnly | directoryOnly), ownsHandle: true);
        if (handle.IsInvalid || FSync(handle) != 0)
            throw new IOException($"cannot flush the directory {directory}: errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle handle);
}
