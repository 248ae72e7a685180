using System.Text;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Membership;

/// <summary>With which members this one has ever been in touch through the engine: the file <c>met</c>, a name to a line, flushed before the first byte is exchanged. A member
/// of the beginning whom nobody has ever met has voted for nobody and acknowledged nothing: it may still begin with an empty store.</summary>
internal sealed class MetMembers
{
    public const string FileName = "met";
    private const string TemporarySuffix = ".new";
    private readonly Lock _sync = new();
    private readonly IStoreFiles _files;
    private readonly string _directory;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public MetMembers(IStoreFiles files, string directory)
    {
        (_files, _directory) = (files, directory);
        var path = Path.Combine(directory, FileName);
        if (!files.Exists(path))
        {
            return;
        }

        using var file = files.Open(path);
        var bytes = new byte[file.Length];
        _names.UnionWith(Encoding.UTF8.GetString(bytes, 0, file.Read(bytes, 0)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public bool Contains(string name)
    {
        lock (_sync)
        {
            return _names.Contains(name);
        }
    }

    /// <exception cref="IOException">It could not be noted.</exception>
    public void Note(string name)
    {
        lock (_sync)
        {
            if (_names.Contains(name))
            {
                return;
            }

            var path = Path.Combine(_directory, FileName);
            try
            {
                using (var file = _files.Open(path + TemporarySuffix))
                {
                    file.SetLength(0);
                    file.Write(Encoding.UTF8.GetBytes(string.Concat(_names.Append(name).Select(n => n + '\n'))), 0);
                    file.Flush();
                }

                _files.Rename(path + TemporarySuffix, path);
                _files.FlushDirectory(_directory);
            }
            catch (Exception e) when (e is UnauthorizedAccessException or FlushFailedException)
            {
                throw new IOException(e.Message, e);
            }

            _names.Add(name);
        }
    }
}
