using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Drcm.Consensus.Storage;

/// <summary>The store's files on a real file system.</summary>
internal sealed class DiskFiles : IStoreFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public IStoreFile Open(string path)
    {
        if (!File.Exists(path))
        {
            new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }).Dispose();
        }

        return new DiskFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite));
    }

    public bool Exists(string path) => File.Exists(path);

    public void Delete(string path) => File.Delete(path);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void FlushDirectory(string directory)
    {
        using var handle = Posix.OpenDirectory(directory);
        Posix.Flush(handle, directory);
    }

    public IReadOnlyList<string> List(string directory) =>
        [.. Directory.EnumerateFiles(directory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private sealed class DiskFile(string path, SafeFileHandle handle) : IStoreFile
    {
        public string Path => path;

        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> buffer, long offset)
        {
            var total = 0;
            while (total < buffer.Length && RandomAccess.Read(handle, buffer[total..], offset + total) is > 0 and var read)
            {
                total += read;
            }

            return total;
        }

        public void Write(ReadOnlySpan<byte> buffer, long offset) => RandomAccess.Write(handle, buffer, offset);

        public void Flush() => Posix.FlushData(handle, path);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Dispose() => handle.Dispose();
    }

    /// <summary>The base library swallows the errors of fsync for some descriptors, and has no fdatasync.</summary>
    private static class Posix
    {
        private const int ReadOnlyDirectory = 0x10000 | 0x80000;

        public static SafeFileHandle OpenDirectory(string path)
        {
            var descriptor = open(path, ReadOnlyDirectory);
            return descriptor >= 0 ? new((nint)descriptor, ownsHandle: true) : throw Failure(path);
        }

        public static void Flush(SafeFileHandle handle, string path) => Check(fsync(handle), path);

        public static void FlushData(SafeFileHandle handle, string path) => Check(fdatasync(handle), path);

        private static void Check(int result, string path)
        {
            if (result != 0)
            {
                throw Failure(path);
            }
        }

        private static FlushFailedException Failure(string path) =>
            new($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

#pragma warning disable SYSLIB1054, CA5392, CA2101, IDE1006
        [DllImport("libc", SetLastError = true)]
        private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", SetLastError = true)]
        private static extern int fsync(SafeFileHandle handle);

        [DllImport("libc", SetLastError = true)]
        private static extern int fdatasync(SafeFileHandle handle);
#pragma warning restore SYSLIB1054, CA5392, CA2101, IDE1006
    }
}
