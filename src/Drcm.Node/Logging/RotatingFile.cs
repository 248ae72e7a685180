using System.Text;

namespace Drcm.Node.Logging;

/// <summary>A file that is appended to and bounded: past <c>max_log_size</c> it becomes <c>file.1</c>, that <c>file.2</c>, and so on,
/// <c>num_logs_to_keep</c> old ones at most. Thread-safe within one process. A full or broken disk never stops the caller:
/// what could not be written is counted.</summary>
internal sealed class RotatingFile : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly long _bytesMax;
    private readonly int _keep;
    private FileStream? _stream;
    private bool _isClosed;

    /// <param name="path">Made, with mode 0644 less the umask, at the first write.</param>
    /// <param name="bytesMax">A write that would pass it rotates first.</param>
    /// <param name="keep">Old files kept; 0: the file starts anew.</param>
    public RotatingFile(string path, long bytesMax, int keep)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesMax);
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        (_path, _bytesMax, _keep) = (path, bytesMax, keep);
    }

    /// <summary>Writes lost to a full or unwritable disk.</summary>
    public long LostWrites { get; private set; }

    /// <summary>Why the newest lost write was lost; empty if none was.</summary>
    public string LastProblem { get; private set; } = "";

    public void Append(string text) => Append(Encoding.UTF8.GetBytes(text));

    /// <summary>Appends in one write and hands it to the kernel; false, and counted, if that failed.</summary>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            try
            {
                _stream ??= Open();
                if (_stream.Length > 0 && _stream.Length + bytes.Length > _bytesMax) Rotate();
                (_stream ??= Open()).Write(bytes);
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LostWrites++;
                LastProblem = e.Message;
                _stream?.Dispose();
                _stream = null;
                return false;
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _stream?.Dispose();
            _stream = null;
        }
    }

    private FileStream Open() => new(_path, new FileStreamOptions
    {
        Mode = FileMode.Append,
        Access = FileAccess.Write,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
    });

    private void Rotate()
    {
        _stream?.Dispose();
        _stream = null;
        if (_keep == 0)
        {
            File.Delete(_path);
            return;
        }
        for (var number = _keep - 1; number >= 1; number--)
        {
            if (File.Exists($"{_path}.{number}")) File.Move($"{_path}.{number}", $"{_path}.{number + 1}", overwrite: true);
        }
        File.Move(_path, $"{_path}.1", overwrite: true);
    }
}
