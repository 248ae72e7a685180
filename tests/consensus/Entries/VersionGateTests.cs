using Drcm.Consensus.Entries;
using FsCheck.Xunit;

namespace Drcm.Consensus.Tests.Entries;

public sealed class VersionGateTests
{
    [Fact]
    public void Admit_FirstEntry_ExpectsZero()
    {
        var gate = new VersionGate();
        Assert.False(gate.Admit(1, 1));
        Assert.True(gate.Admit(2, 0));
        Assert.Equal(2, gate.Version);
    }

    /// <summary>The dumb model: an entry is effective if the last effective index in the list so far is what it expects.</summary>
    [Property]
    public void Admit_AnyHistory_AsTheModelSays(byte[] expectations)
    {
        var gate = new VersionGate();
        List<long> effective = [0];
        for (var index = 1; index <= expectations.Length; index++)
        {
            var expected = expectations[index - 1] % (index + 1);
            var admitted = gate.Admit(index, expected);
            Assert.Equal(effective[^1] == expected, admitted);
            if (admitted)
            {
                effective.Add(index);
            }

            Assert.Equal(effective[^1], gate.Version);
        }
    }

    [Property]
    public void Contains_AnySet_WhatWasAdded(ushort[] indexes)
    {
        var set = new EffectiveIndexes();
        foreach (var index in indexes.Order())
        {
            set.Add(index * 7L);
        }

        Assert.All(indexes, i => Assert.True(set.Contains(i * 7L)));
        var added = indexes.Select(i => i * 7L).ToHashSet();
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal(added.Contains(i), set.Contains(i)));
    }
}
