namespace Drcm.Consensus.Storage;

/// <summary>One open file of the store. The seam at which tests watch the order of writes and flushes, or have them fail.</summary>
internal interface IStoreFile : IDisposable
{
    string Path { get; }

    long Length { get; }

    /// <returns>Bytes read; fewer than asked for only at the end of the file.</returns>
    int Read(Span<byte> buffer, long offset);

    /// <exception cref="IOException">No space, read-only, or a fault of the device.</exception>
    void Write(ReadOnlySpan<byte> buffer, long offset);

    /// <summary>fdatasync(2): what was written before is on stable storage.</summary>
    void Flush();

    void SetLength(long length);
}
