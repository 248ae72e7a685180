using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Drcm.Chaos.Observation;

/// <summary>Which files are locked with flock(2), by the kernel's own table: one read for all hosts.</summary>
internal sealed partial class LockTable : IDisposable
{
    private readonly FileStream _table = new("/proc/locks", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
    private readonly byte[] _bytes = new byte[64 * 1024];
    private string _text = "";

    public void Read()
    {
        _table.Seek(0, SeekOrigin.Begin);
        var count = 0;
        for (int read; (read = _table.Read(_bytes, count, _bytes.Length - count)) > 0;) count += read;
        _text = Encoding.ASCII.GetString(_bytes, 0, count);
    }

    /// <param name="number">See <see cref="NumberOf"/>; files on one file system only.</param>
    public bool IsLocked(string number) => _text.Contains(number, StringComparison.Ordinal);

    /// <summary>A file's inode as the table writes it.</summary>
    public static string NumberOf(string path)
    {
        var buffer = new byte[256];
        if (Stat(AtCurrent, path, 0, InodeWanted, buffer) != 0) throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        return string.Create(CultureInfo.InvariantCulture, $":{BitConverter.ToUInt64(buffer, InodeAt)} 0 EOF");
    }

    public void Dispose() => _table.Dispose();

    private const int AtCurrent = -100;
    private const uint InodeWanted = 0x100;

    /// <summary>stx_ino of struct statx.</summary>
    private const int InodeAt = 32;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(int directory, string path, int flags, uint mask, [Out] byte[] buffer);
}
