using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Drcm.Node.Guarding;

/// <summary>The guard's own copy of what is to be released, in memory of its own: whatever becomes of the daemon's. Loading and reading allocate nothing. Pointers
/// are good until the next load.</summary>
internal sealed unsafe class GuardTable : IDisposable
{
    /// <summary>Exclusive resources on one node at a time; far above any real host.</summary>
    public const int EntriesMax = 1024;

    /// <summary>Length and number of entries.</summary>
    public const int HeaderBytes = 2 * sizeof(int);

    /// <summary>Words and variables of all scripts.</summary>
    private const int PointersMax = 64 * 1024;

    private readonly byte* _bytes = (byte*)NativeMemory.AllocZeroed(GuardMemory.TableBytesMax);
    private readonly byte** _pointers = (byte**)NativeMemory.AllocZeroed(PointersMax, (nuint)sizeof(byte*));
    private readonly Entry[] _entries = new Entry[EntriesMax];
    private int _pointerCount;

    /// <summary>One entry, as pointers into the copy.</summary>
    public struct Entry
    {
        public int TimeoutMilliseconds;
        public int LimitMilliseconds;
        public int AddressLength;
        public byte* Address;
        public int GroupCount;
        public byte* Groups;
        public byte* Resource;
        public int FileCount;
        public byte* Files;
        public bool HasScript;
        public byte* Path;
        public byte* Directory;

        /// <summary>Two places are free before it: for the shell that runs a script without a "#!" line.</summary>
        public byte** Arguments;
        public byte** Environment;

        public readonly int GroupId(int place) => Unsafe.ReadUnaligned<int>(Groups + (place * GroupBytes));

        public readonly long GroupStart(int place) => Unsafe.ReadUnaligned<long>(Groups + (place * GroupBytes) + sizeof(int));
    }

    private const int GroupBytes = sizeof(int) + sizeof(long);

    public int Count { get; private set; }

    public ref Entry this[int place] => ref _entries[place];

    /// <summary>Takes a copy of the newest table. Written anew meanwhile: not taken, and the caller comes back.</summary>
    public bool TryLoad(GuardMemory memory, long number)
    {
        var source = memory.Table(number);
        var length = Unsafe.ReadUnaligned<int>(ref MemoryMarshal.GetReference(source));
        if (length < HeaderBytes || length > source.Length) length = HeaderBytes;
        source[..length].CopyTo(new Span<byte>(_bytes, GuardMemory.TableBytesMax));
        Interlocked.MemoryBarrier();
        // The place is written again only by the table after the next.
        if (memory.TableNumber > number + 1) return false;
        Count = 0;
        _pointerCount = 0;
        var count = Unsafe.ReadUnaligned<int>(_bytes + sizeof(int));
        var at = _bytes + HeaderBytes;
        for (var i = 0; i < count && i < EntriesMax && at < _bytes + length; i++) at = Read(at, ref _entries[i]);
        Count = Math.Min(count, EntriesMax);
        return true;
    }

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        NativeMemory.Free(_pointers);
    }

    private byte* Read(byte* at, ref Entry entry)
    {
        entry = default;
        var end = at + Number(ref at);
        entry.TimeoutMilliseconds = Number(ref at);
        entry.LimitMilliseconds = Number(ref at);
        entry.AddressLength = Number(ref at);
        entry.Address = Skip(ref at, entry.AddressLength);
        entry.GroupCount = Number(ref at);
        entry.Groups = Skip(ref at, entry.GroupCount * GroupBytes);
        entry.Resource = Text(ref at);
        entry.FileCount = Number(ref at);
        entry.Files = at;
        for (var i = 0; i < entry.FileCount; i++) _ = Text(ref at);
        if (Number(ref at) == 0) return end;
        entry.Path = Text(ref at);
        entry.Directory = Text(ref at);
        _pointerCount += 2;
        entry.Arguments = Vector(ref at);
        entry.Environment = Vector(ref at);
        entry.HasScript = entry.Arguments is not null && entry.Environment is not null;
        return end;
    }

    private byte** Vector(ref byte* at)
    {
        var count = Number(ref at);
        var vector = _pointers + _pointerCount;
        if (_pointerCount + count + 1 > PointersMax) return null;
        for (var i = 0; i < count; i++) _pointers[_pointerCount++] = Text(ref at);
        _pointers[_pointerCount++] = null;
        return vector;
    }

    private static int Number(ref byte* at) => Unsafe.ReadUnaligned<int>(Skip(ref at, sizeof(int)));

    private static byte* Text(ref byte* at) => Skip(ref at, Length(at) + 1);

    private static int Length(byte* text) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).Length;

    private static byte* Skip(ref byte* at, int count)
    {
        var here = at;
        at += count;
        return here;
    }
}
