using Drcm.Consensus.Storage;
using Microsoft.Win32.SafeHandles;

namespace Drcm.Consensus.Inspection;

/// <summary>The store's files, only looked at. A file that is not there reads as an empty one and is not made.</summary>
internal sealed class ReadOnlyFiles : IStoreFiles
{
    public IStoreFile Open(string path) => new LookedAt(path, File.Exists(path)
        ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        : null);

    public bool Exists(string path) => File.Exists(path);

    public IReadOnlyList<string> List(string directory) =>
        [.. Directory.EnumerateFiles(directory).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    public void Delete(string path) => throw Refusal();

    public void Rename(string from, string to) => throw Refusal();

    public void FlushDirectory(string directory) => throw Refusal();

    private static InvalidOperationException Refusal() => new("the log is only looked at");

    private sealed class LookedAt(string path, SafeFileHandle? handle) : IStoreFile
    {
        public string Path => path;

        public long Length => handle is null ? 0 : RandomAccess.GetLength(handle);

        public int Read(Span<byte> buffer, long offset)
        {
            var total = 0;
            while (handle is not null && total < buffer.Length && RandomAccess.Read(handle, buffer[total..], offset + total) is > 0 and var read)
            {
                total += read;
            }

            return total;
        }

        public void Write(ReadOnlySpan<byte> buffer, long offset) => throw Refusal();

        public void Flush() => throw Refusal();

        public void SetLength(long length) => throw Refusal();

        public void Dispose() => handle?.Dispose();
    }
}
