using Drcm.Consensus.Storage;

namespace Drcm.Fuzz.Targets;

/// <summary>Files of the store in memory, by name.</summary>
internal sealed class MemoryFiles : IStoreFiles
{
    private readonly Lock _sync = new();
    private readonly SortedDictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);

    public byte[] this[string name]
    {
        get => ((MemoryFile)Open(name)).Content;
        set => ((MemoryFile)Open(name)).Content = value;
    }

    public IStoreFile Open(string path)
    {
        lock (_sync)
        {
            return _files.TryGetValue(path, out var file) ? file : _files[path] = new(path);
        }
    }

    public bool Exists(string path)
    {
        lock (_sync)
        {
            return _files.ContainsKey(path);
        }
    }

    public void Delete(string path)
    {
        lock (_sync)
        {
            _files.Remove(path);
        }
    }

    public void Rename(string from, string to)
    {
        lock (_sync)
        {
            if (_files.Remove(from, out var file))
            {
                _files[to] = new(to) { Content = file.Content };
            }
        }
    }

    public void FlushDirectory(string directory)
    {
    }

    public IReadOnlyList<string> List(string directory)
    {
        lock (_sync)
        {
            return [.. _files.Keys];
        }
    }

    private sealed class MemoryFile(string path) : IStoreFile
    {
        public byte[] Content { get; set; } = [];

        public string Path => path;

        public long Length => Content.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            var count = (int)Math.Clamp(Content.Length - offset, 0, buffer.Length);
            Content.AsSpan((int)Math.Min(offset, Content.Length), count).CopyTo(buffer);
            return count;
        }

        public void Write(ReadOnlySpan<byte> buffer, long offset)
        {
            if (offset + buffer.Length > Content.Length)
            {
                SetLength(offset + buffer.Length);
            }

            buffer.CopyTo(Content.AsSpan((int)offset));
        }

        public void Flush()
        {
        }

        public void SetLength(long length)
        {
            var content = Content;
            Array.Resize(ref content, (int)length);
            Content = content;
        }

        public void Dispose()
        {
        }
    }
}
