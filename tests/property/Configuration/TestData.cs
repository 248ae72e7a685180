using Xunit;
using System.Runtime.CompilerServices;

namespace Drcm.Property.Tests.Configuration;

/// <summary>The fixtures, read from the source tree so that <c>DRCM_REWRITE=1</c> can write them.</summary>
internal static class TestData
{
    public static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "testdata", "config"));

    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder(), name));

    /// <summary>Compares with <c>name</c>, or writes it when <c>DRCM_REWRITE=1</c>.</summary>
    public static void Golden(string name, string actual)
    {
        var path = Path.Combine(Folder(), name);
        if (Environment.GetEnvironmentVariable("DRCM_REWRITE") == "1") File.WriteAllText(path, actual);
        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", actual);
    }
}
