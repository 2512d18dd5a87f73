"""Worker processes that run what is planned and not finished. The parent never imports training."""
