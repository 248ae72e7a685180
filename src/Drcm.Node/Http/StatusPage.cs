namespace Drcm.Node.Http;

/// <summary>The page on <c>/</c>, one file inside the daemon.</summary>
internal static class StatusPage
{
    /// <summary>Nothing from outside, and nobody frames it. What it shows is set as text, never as markup.</summary>
    public const string Policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static string Html { get; } = Read();

    private static string Read()
    {
        using var stream = typeof(StatusPage).Assembly.GetManifestResourceStream("status.html")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
