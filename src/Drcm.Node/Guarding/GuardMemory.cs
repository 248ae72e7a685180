using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;
using Drcm.StateMachine.Guarding;
using Microsoft.Win32.SafeHandles;

namespace Drcm.Node.Guarding;

/// <summary>What daemon and guard share: a mapped file in the run directory, which outlives either of them. Words of the header and two places for the
/// table of what is to be released.</summary>
internal sealed unsafe partial class GuardMemory : IDisposable
{
    public const string FileName = "guard";

    /// <summary>A table: a thousand entries with their scripts' words and environments. Pages that are never written cost nothing.</summary>
    public const int TableBytesMax = 1024 * 1024;

    private const int HeaderBytes = 4096;
    private const long FileBytes = HeaderBytes + (2L * TableBytesMax);
    private const int LockExclusive = 2;
    private const int Unlock = 8;

    private readonly FileStream _stream;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    /// <summary>Opens what is there, or makes it; what another boot left is wiped.</summary>
    /// <exception cref="IOException">The run directory does not take it.</exception>
    public GuardMemory(string runDir, string bootId)
    {
        _stream = new FileStream(Path.Combine(runDir, FileName), new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite, BufferSize = 0,
        });
        // Guard and daemon may both be the first: one of them makes it ready, the other waits for that.
        _ = FileLock(_stream.SafeFileHandle, LockExclusive);
        _stream.SetLength(FileBytes);
        _file = MemoryMappedFile.CreateFromFile(_stream, null, FileBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        MakeReady(bootId);
        _ = FileLock(_stream.SafeFileHandle, Unlock);
    }

    public GuardHeader* Header => (GuardHeader*)_start;

    /// <summary>For asking whether the file still has a name.</summary>
    public SafeFileHandle Handle => _stream.SafeFileHandle;

    public GuardOrder Order
    {
        get
        {
            var word = Volatile.Read(ref Header->Order);
            return new GuardOrder(word >> 1 == 0 ? null : new TimeSpan(word >> 1), (word & 1) != 0);
        }
    }

    public long TableNumber => Volatile.Read(ref Header->TableNumber);

    /// <summary>An order without a deadline leaves the one that an earlier daemon gave: what that one left is still to be gone by then.</summary>
    public void Write(GuardOrder order)
    {
        var ticks = order.Deadline is { } deadline ? deadline.Ticks : Header->Order >> 1;
        Volatile.Write(ref Header->Order, (ticks << 1) | (order.IsAcknowledged ? 1L : 0L));
    }

    /// <summary>The place of the table with that number.</summary>
    public Span<byte> Table(long number) => new(_start + HeaderBytes + ((number & 1) * TableBytesMax), TableBytesMax);

    /// <summary>Complete before anybody looks at it.</summary>
    public void Write(ReadOnlySpan<byte> table)
    {
        var next = TableNumber + 1;
        table.CopyTo(Table(next));
        Volatile.Write(ref Header->TableNumber, next);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        _stream.Dispose();
    }

    private void MakeReady(string bootId)
    {
        Span<byte> id = stackalloc byte[GuardHeader.BootIdBytes];
        id.Clear();
        _ = Encoding.UTF8.TryGetBytes(bootId.AsSpan(0, Math.Min(bootId.Length, GuardHeader.BootIdBytes)), id, out _);
        var stored = new Span<byte>(Header->BootId, GuardHeader.BootIdBytes);
        if (Header->Magic == GuardHeader.MagicOfLayout2 && stored.SequenceEqual(id)) return;
        new Span<byte>(_start, HeaderBytes).Clear();
        Table(0)[..GuardTable.HeaderBytes].Clear();
        id.CopyTo(stored);
        Volatile.Write(ref Header->Magic, GuardHeader.MagicOfLayout2);
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FileLock(SafeFileHandle file, int operation);
}
