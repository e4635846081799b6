def audit_step():
    pass
