using System.Buffers;
using Drcm.Consensus.Entries;
using FsCheck;
using FsCheck.Xunit;

namespace Drcm.Consensus.Tests.Entries;

public sealed class EntryFrameTests
{
    [Property]
    public void TryRead_Written_SameHeaderAndPayload(long expectedVersion, Guid id, byte[] payload)
    {
        var frame = EntryFrame.Write(expectedVersion, id, payload);
        Assert.True(EntryFrame.TryRead(new(frame), out var header));
        Assert.Equal(new EntryHeader(false, expectedVersion, id), header);
        Assert.Equal(payload, frame[EntryFrame.HeaderBytes..]);
    }

    [Property]
    public void TryRead_Barrier_HasNoEffect(Guid id)
    {
        Assert.True(EntryFrame.TryRead(new(EntryFrame.WriteBarrier(id)), out var header));
        Assert.Equal(new EntryHeader(true, 0, id), header);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0 })]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 2, 2, 3 })]
    [InlineData(new byte[] { 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void TryRead_UnknownFormatOrCutShort_False(byte[] frame) => Assert.False(EntryFrame.TryRead(new(frame), out _));

    [Property]
    public void TryRead_AnyBytes_NeverThrows(byte[] bytes) => EntryFrame.TryRead(new ReadOnlySequence<byte>(bytes), out _);

    /// <summary>A sample of every format ever written must be read for ever.</summary>
    [Fact]
    public void TryRead_StoredSample_AsWritten()
    {
        var sample = Convert.FromHexString("012A00000000000000000102030405060708090A0B0C0D0E0F6869");
        Assert.True(EntryFrame.TryRead(new(sample), out var header));
        Assert.Equal(42, header.ExpectedVersion);
        Assert.Equal(new Guid(sample.AsSpan(9, 16)), header.ProposalId);
        Assert.Equal(sample, EntryFrame.Write(42, header.ProposalId, "hi"u8));
    }
}
