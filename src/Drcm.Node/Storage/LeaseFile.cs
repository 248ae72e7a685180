using System.IO.MemoryMappedFiles;

namespace Drcm.Node.Storage;

/// <summary>The lease end in shared memory (a mapped file in the run directory), for whoever outlives this process: today the next incarnation,
/// which may keep what it finds running until then. Layout: 64 bytes boot id, 8 bytes ticks of <see cref="Clock.MonotonicClock"/>, 0 for none.</summary>
internal sealed class LeaseFile : IDisposable
{
    /// <summary>In the run directory.</summary>
    public const string Name = "lease";

    private const int BootIdBytes = 64;
    public const int FileBytes = BootIdBytes + sizeof(long);

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public LeaseFile(string runDir, string bootId)
    {
        var stream = new FileStream(Path.Combine(runDir, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.SetLength(FileBytes);
        _file = MemoryMappedFile.CreateFromFile(
            stream, null, FileBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor();
        Inherited = Read(_view, bootId);
        Write(Inherited);
        WriteBootId(bootId);
    }

    /// <summary>What the previous incarnation of this boot left; null: nothing.</summary>
    public TimeSpan? Inherited { get; }

    public void Write(TimeSpan? leaseEnd) => _view.Write(BootIdBytes, leaseEnd?.Ticks ?? 0L);

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>Null: none, or one of another boot.</summary>
    public static TimeSpan? Read(MemoryMappedViewAccessor view, string bootId)
    {
        var stored = new byte[BootIdBytes];
        view.ReadArray(0, stored, 0, BootIdBytes);
        var ticks = view.ReadInt64(BootIdBytes);
        return stored.AsSpan().SequenceEqual(Padded(bootId)) && ticks > 0 ? new TimeSpan(ticks) : null;
    }

    private void WriteBootId(string bootId) => _view.WriteArray(0, Padded(bootId), 0, BootIdBytes);

    private static byte[] Padded(string bootId)
    {
        var bytes = new byte[BootIdBytes];
        var text = System.Text.Encoding.UTF8.GetBytes(bootId);
        text.AsSpan(0, Math.Min(text.Length, BootIdBytes)).CopyTo(bytes);
        return bytes;
    }
}
